// expect: Accepted
// expected: 1 2 3 3\n
const values = [3, 1, 2];
console.log(values.toSorted().join(" "), values.findLast((value) => value > 2));
