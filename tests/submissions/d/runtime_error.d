// expect: RuntimeError
// exit-code: 1
// reason-contains: is out of bounds
void main() {
    int[] a = [1, 2, 3];
    size_t i = a.length;
    a[i] = 1;
}
