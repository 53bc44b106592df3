"""What a report's files are called. It loads nothing: who only names them needs none of what makes them."""

JSON_NAME, TEXT_NAME, PAGE_NAME = "report.json", "test-report.md", "report.html"
