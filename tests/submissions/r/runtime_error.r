# expect: RuntimeError
# exit-code: 1
# reason-contains: subscript out of bounds (in values[[4]]), main.R line 5
values <- list(1, 2, 3)
print(values[[4]])
