"""The library of clause texts: models as data, their variables, and how one is filled."""
