import java.util.Scanner;

class Main {
    public static void main(String[] args) {
        int guests = new Scanner(System.in).nextInt();
        for (int guest = 1; guest <= guests; guest++) System.out.print(guest + " ");
        System.out.println();
    }
}
