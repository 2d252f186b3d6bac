import java.util.List;

/** A class that a program can begin with. */
interface Beginning {
    /** Of the class, with dots between its packages. */
    String name();

    /** Whether the class comes from the source of that name. */
    boolean isOf(String source);

    /** Whether it is called as the class that most programs begin with. */
    boolean isUsual();

    /** The only one (of that source, where it is not empty); else the only one of these that is called as usual; else null. */
    static <B extends Beginning> B chosen(List<B> beginnings, String source) {
        List<B> among = source.isEmpty() ? beginnings : beginnings.stream().filter(each -> each.isOf(source)).toList();
        if (among.size() > 1) {
            List<B> usual = among.stream().filter(Beginning::isUsual).toList();
            among = usual.size() == 1 ? usual : among;
        }
        return among.size() == 1 ? among.get(0) : null;
    }
}
