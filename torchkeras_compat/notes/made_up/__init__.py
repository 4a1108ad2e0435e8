"""What a note uses and never defines: customary arrays, constants, and a model to show a call on."""
