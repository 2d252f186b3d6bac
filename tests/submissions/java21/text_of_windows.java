// expect: Accepted
// expected: 3\n
// entry-point: Main.java
// file: Main.java ﻿package shop;\r\n\r\npublic class Main {\r\n    public static void main(String[] a) { System.out.println(1 + 2); }\r\n}\r\n
class Further {}
