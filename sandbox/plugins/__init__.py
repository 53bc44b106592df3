"""Provider plugins of the sandbox: what the real Pulumi engine drives where the real plugins cannot be had."""
