"""Tables that people keep: CSV files and sheets of a workbook, read row by row, each with its place."""
