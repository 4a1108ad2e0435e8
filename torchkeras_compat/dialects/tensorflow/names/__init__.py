"""Names below ``tensorflow``, in a file for each subject."""
