"""SSM Automation, which moto does not have: executions that really carry out their documents' steps."""
