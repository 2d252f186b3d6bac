import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;

/** What of a class file tells whether a program can begin with it (chapter 4 of the virtual machine's specification). */
final class ClassFile {
    private static final int PUBLIC_STATIC = 0x0009;
    private static final int PRIVATE = 0x0002;

    /** The file that it was compiled from, without folders; null where it does not say. */
    String source;

    /** It has {@code public static void main(String[])}. */
    boolean hasMain;

    /** It has another {@code main} that programs can begin with since Java 25: of an instance, or without arguments. */
    boolean hasInstanceMain;

    private final DataInputStream in;
    private Object[] constants;

    ClassFile(byte[] bytes) throws IOException {
        in = new DataInputStream(new ByteArrayInputStream(bytes));
        in.skipNBytes(8);
        readConstants();
        in.skipNBytes(6);
        in.skipNBytes(2L * in.readUnsignedShort());
        readMembers(false);
        readMembers(true);
        readAttributes(true);
    }

    /** Texts are kept, the others are only as long as they are; a long and a double take two places. */
    private void readConstants() throws IOException {
        constants = new Object[in.readUnsignedShort()];
        for (int at = 1; at < constants.length; at++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1 -> constants[at] = in.readUTF();
                case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
                case 5, 6 -> {
                    in.skipNBytes(8);
                    at++;
                }
                case 7, 8, 16, 19, 20 -> in.skipNBytes(2);
                case 15 -> in.skipNBytes(3);
                default -> throw new IOException("a class file has a constant of the unknown kind " + tag);
            }
        }
    }

    /** Fields, or methods. */
    private void readMembers(boolean areMethods) throws IOException {
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            int access = in.readUnsignedShort();
            Object name = constants[in.readUnsignedShort()];
            Object type = constants[in.readUnsignedShort()];
            if (areMethods && "main".equals(name)) {
                readMain(access, type);
            }
            readAttributes(false);
        }
    }

    private void readMain(int access, Object type) {
        boolean takesArguments = "([Ljava/lang/String;)V".equals(type);
        hasMain |= takesArguments && (access & PUBLIC_STATIC) == PUBLIC_STATIC;
        hasInstanceMain |= (takesArguments || "()V".equals(type)) && (access & PRIVATE) == 0;
    }

    private void readAttributes(boolean areOfClass) throws IOException {
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            Object name = constants[in.readUnsignedShort()];
            long length = Integer.toUnsignedLong(in.readInt());
            if (areOfClass && "SourceFile".equals(name)) {
                source = (String) constants[in.readUnsignedShort()];
                length -= 2;
            }
            in.skipNBytes(length);
        }
    }
}
