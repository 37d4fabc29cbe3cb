"""Dated legal values and the answers they give: duty, instruments, calibration.

Pure Python: no Django, no database, no clock. The day of every question is an argument. Each
answer carries its reasons and its articles; what is not known is answered "unknown".
"""
