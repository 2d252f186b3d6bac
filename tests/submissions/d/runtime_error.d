// expect: RuntimeError
// exit-code: 1
// reason-contains: index [3] is out of bounds for array of length 3, main.d line 7
void main() {
    int[] a = [1, 2, 3];
    size_t i = a.length;
    a[i] = 1;
}
