// expect: Accepted
// expected: 42\n
// file: shop/Prices.java package shop;\n\npublic class Prices {\n    public static int total(int a, int b) {\n        return a + b;\n    }\n}\n
// file: shop/Till.java package shop;\n\npublic class Till {\n    public static void main(String[] args) {\n        System.out.println(Prices.total(20, 22));\n    }\n}\n
class Unused {
}
