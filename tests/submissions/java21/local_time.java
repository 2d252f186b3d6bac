// expect: Accepted
// stdout: 13:00\n
import java.time.*;
import java.time.format.*;

public class Main {
    public static void main(String[] args) {
        var noon = LocalDate.of(2023, 11, 14).atTime(12, 0).atZone(ZoneOffset.UTC);
        var paris = noon.withZoneSameInstant(ZoneId.of("Europe/Paris"));
        System.out.println(paris.format(DateTimeFormatter.ofPattern("HH:mm")));
    }
}
