import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Compiles sources within this virtual machine, finds the class to begin with by reading the classes, and writes an archive that
 * names it. A source may have any name, whatever its public class is called.
 *
 * <p>Arguments: the archive, {@code --entry=} and the source whose class it is to be (or nothing), options of javac, sources.
 */
final class Compile {
    private static final String ENTRY = "--entry=";

    public static void main(String[] arguments) throws IOException {
        // With the names of variables, which exceptions tell.
        List<String> options = new ArrayList<>(List.of("-implicit:none", "-encoding", "UTF-8", "-proc:none", "-g"));
        List<Source> sources = new ArrayList<>();
        String entry = "";
        for (String argument : List.of(arguments).subList(1, arguments.length)) {
            if (argument.startsWith(ENTRY)) {
                entry = argument.substring(ENTRY.length());
            } else if (argument.endsWith(".java")) {
                sources.add(new Source(argument));
            } else {
                options.add(argument);
            }
        }
        Map<String, Output> classes = compiled(options, sources);
        if (classes == null) {
            System.exit(1);
        }
        List<Program> programs = programs(classes);
        Program program = Beginning.chosen(programs, entry);
        if (program == null) {
            System.out.println(refusal(programs, entry));
            System.exit(1);
        }
        Archive.write(Path.of(arguments[0]), program.name(), files(classes));
        // Threads of the compiler would be waited for.
        System.exit(0);
    }

    /** The classes by name; null where the compiler has found errors, which it has told. */
    private static Map<String, Output> compiled(List<String> options, List<Source> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        PrintWriter log = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        try (StandardJavaFileManager standard = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
                Kept kept = new Kept(standard)) {
            boolean well = compiler.getTask(log, kept, null, options, null, sources).call();
            log.flush();
            return well ? kept.classes : null;
        }
    }

    /**
     * The classes that have {@code public static void main(String[])}, by name; where none has, and this is Java 25 at least, those
     * that have another {@code main}.
     */
    private static List<Program> programs(Map<String, Output> classes) throws IOException {
        List<Program> usual = new ArrayList<>();
        List<Program> others = new ArrayList<>();
        for (Map.Entry<String, Output> each : classes.entrySet()) {
            ClassFile read = new ClassFile(each.getValue().bytes.toByteArray());
            Program program = new Program(each.getKey(), read.source, each.getValue().origin);
            if (read.hasMain) {
                usual.add(program);
            } else if (read.hasInstanceMain) {
                others.add(program);
            }
        }
        return usual.isEmpty() && Runtime.version().feature() >= 25 ? others : usual;
    }

    private static String refusal(List<Program> programs, String entry) {
        String wanted = "public static void main(String[] args)";
        if (!entry.isEmpty() && programs.stream().noneMatch(program -> program.isOf(entry))) {
            return "error: no class in " + entry + " has a method " + wanted;
        }
        if (programs.isEmpty()) {
            return "error: no class has a method " + wanted + ": the program begins there, so one class must have it";
        }
        String names = String.join(", ", programs.stream().map(Program::name).toList());
        return "error: several classes have a method " + wanted + ": " + names
                + "; call one of them Main, or name its file as the entry point";
    }

    private static Map<String, byte[]> files(Map<String, Output> classes) {
        Map<String, byte[]> files = new TreeMap<>();
        classes.forEach((name, output) -> files.put(name.replace('.', '/') + ".class", output.bytes.toByteArray()));
        return files;
    }

    /** A class to begin with, what its class file calls its source, and where it came from. */
    private record Program(String name, String file, String origin) implements Beginning {
        @Override
        public boolean isOf(String source) {
            return source.equals(origin) || (origin == null && Path.of("/" + source).endsWith(String.valueOf(file)));
        }

        @Override
        public boolean isUsual() {
            return name.equals("Main") || name.endsWith(".Main");
        }
    }

    /** A source of any name. */
    private static final class Source extends SimpleJavaFileObject {
        final String name;

        Source(String name) {
            super(Path.of(name).toUri(), Kind.SOURCE);
            this.name = name;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreErrors) throws IOException {
            return new String(Files.readAllBytes(Path.of(name)), StandardCharsets.UTF_8);
        }

        /** Any class may be in it; what only a file of a certain name may hold is asked for by that name. */
        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            boolean isOfOneFile = simpleName.equals("package-info") || simpleName.equals("module-info");
            return kind == Kind.SOURCE && (!isOfOneFile || super.isNameCompatible(simpleName, kind));
        }

        /** As the compiler shows it in its messages. */
        @Override
        public String getName() {
            return name;
        }
    }

    /** A class, in memory. */
    private static final class Output extends SimpleJavaFileObject {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final String origin;

        Output(String name, String origin) {
            super(URI.create("memory:///" + name.replace('.', '/') + ".class"), Kind.CLASS);
            this.origin = origin;
        }

        @Override
        public OutputStream openOutputStream() {
            return bytes;
        }
    }

    /** Keeps classes where the compiler would write files. */
    private static final class Kept extends ForwardingJavaFileManager<StandardJavaFileManager> {
        final Map<String, Output> classes = new TreeMap<>();

        Kept(StandardJavaFileManager standard) {
            super(standard);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                JavaFileManager.Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            Output output = new Output(name, sibling instanceof Source source ? source.name : null);
            classes.put(name, output);
            return output;
        }
    }
}
