import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;

/**
 * Compiles sources by Kotlin's compiler within this virtual machine, finds the class to begin with by reading the classes, and has the
 * archive name it. The compiler itself names one only where there is one {@code main}, and says nothing where there is none.
 *
 * <p>Arguments: the archive, {@code --entry=} and the source whose {@code main} it is to be (or nothing), arguments of the compiler.
 */
final class Program {
    private static final String ENTRY = "--entry=";

    public static void main(String[] arguments) throws IOException {
        Path archive = Path.of(arguments[0]);
        String entry = arguments[1].substring(ENTRY.length());
        // Ends this virtual machine where there are errors, which it has told.
        K2JVMCompiler.main(Arrays.copyOfRange(arguments, 2, arguments.length));
        Map<String, byte[]> files = read(archive);
        List<Main> mains = mains(files);
        Main main = Beginning.chosen(mains, entry);
        if (main == null) {
            System.err.println(refusal(mains, entry));
            System.exit(1);
        }
        Archive.write(archive, main.name(), files);
        // Threads of the compiler would be waited for.
        System.exit(0);
    }

    private static Map<String, byte[]> read(Path archive) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (JarInputStream jar = new JarInputStream(Files.newInputStream(archive))) {
            for (JarEntry file = jar.getNextJarEntry(); file != null; file = jar.getNextJarEntry()) {
                if (!file.isDirectory() && !file.getName().equals(JarFile.MANIFEST_NAME)) {
                    files.put(file.getName(), jar.readAllBytes());
                }
            }
        }
        return files;
    }

    /** The classes that have {@code main}, as the virtual machine sees it. */
    private static List<Main> mains(Map<String, byte[]> files) throws IOException {
        List<Main> mains = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            if (!file.getKey().endsWith(".class")) {
                continue;
            }
            ClassFile read = new ClassFile(file.getValue());
            if (read.hasMain) {
                String name = file.getKey().substring(0, file.getKey().length() - ".class".length());
                mains.add(new Main(name.replace('/', '.'), read.source));
            }
        }
        return mains;
    }

    private static String refusal(List<Main> mains, String entry) {
        if (!entry.isEmpty() && mains.stream().noneMatch(main -> main.isOf(entry))) {
            return "error: there is no function main in " + entry + ", with which the program is to begin";
        }
        if (mains.isEmpty()) {
            return "error: there is no function main outside of all classes, with which a program begins";
        }
        String names = String.join(", ", mains.stream().map(Main::name).toList());
        return "error: several files or classes have a function main: " + names
                + "; call one file main.kt, or name it as the entry point";
    }

    /** A class to begin with, and what its class file calls its source, without folders. */
    private record Main(String name, String file) implements Beginning {
        @Override
        public boolean isOf(String source) {
            return Path.of("/" + source).endsWith(String.valueOf(file));
        }

        /** That of {@code main.kt}, or a class called Main. */
        @Override
        public boolean isUsual() {
            String simple = name.substring(name.lastIndexOf('.') + 1);
            return simple.equals("MainKt") || simple.equals("Main");
        }
    }
}
