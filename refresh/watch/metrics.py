"""The metrics that an event leaves: the alarms and the dashboard are made of the same names."""

NAMESPACE = "Understudy"
SPACE, EVENT = "Space", "Event"  # the metrics' dimensions
DATA_AGE, DURATION, DOCUMENTS, FINDINGS = "DataAge", "Duration", "Documents", "Findings"
# One of the two at every end: the alarm on failures keeps its state until the next of them.
FAILED, REFUSED_TIMES = "Failed", "Refused"
