"""`pathshala keys`: give out, list and revoke access keys."""
