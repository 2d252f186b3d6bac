# expect: RuntimeError
# exit-code: 1
# reason-contains: subscript out of bounds
values <- list(1, 2, 3)
print(values[[4]])
