import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;

/** An archive that names the class to begin with. */
final class Archive {
    private Archive() {}

    /** Writes files, each at its path within the archive; what stands at {@code archive} is replaced. */
    static void write(Path archive, String main, Map<String, byte[]> files) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, main);
        try (JarOutputStream jar = new JarOutputStream(new BufferedOutputStream(Files.newOutputStream(archive)), manifest)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                jar.putNextEntry(stored(file.getKey(), file.getValue()));
                jar.write(file.getValue());
                jar.closeEntry();
            }
        }
    }

    /** Not compressed: it is read once, and kept by somebody who compresses. */
    private static ZipEntry stored(String path, byte[] bytes) {
        CRC32 sum = new CRC32();
        sum.update(bytes);
        ZipEntry entry = new ZipEntry(path);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(sum.getValue());
        entry.setTime(0);
        return entry;
    }
}
