# expect: RuntimeError
# reason-contains: non-conformable arguments (in a %*% matrix(1:3, 3)), error_in_a_call_with_a_colon.r line 4
a <- matrix(1:4, 2)
print(a %*% matrix(1:3, 3))
