# expect: RuntimeError
# reason-contains: non-conformable arguments (in a %*% matrix(1:3, 3)), main.R line 4
a <- matrix(1:4, 2)
print(a %*% matrix(1:3, 3))
