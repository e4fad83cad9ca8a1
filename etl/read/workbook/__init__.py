"""Reading workbooks (XLSX, XLSM) as a stream, so that no workbook takes more memory than its cells."""
