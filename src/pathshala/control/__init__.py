"""`pathshala cancel` and `pathshala retry`: end tasks before their time, and ask for failed ones anew."""
