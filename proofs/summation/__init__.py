"""How good the counter is: beside other models, beside the lower bound, and as the number of users grows."""
