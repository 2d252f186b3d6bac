// expect: Accepted
// stdin: 20 22\n
// expected: 42\n
void main() {
    var numbers = IO.readln().split(" ");
    IO.println(Integer.parseInt(numbers[0]) + Integer.parseInt(numbers[1]));
}
