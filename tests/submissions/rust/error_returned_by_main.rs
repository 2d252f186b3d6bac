// expect: RuntimeError
// exit-code: 1
// stdin: tea\n
// reason-contains: Error: ParseIntError { kind: InvalidDigit }
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    println!("{}", line.trim().parse::<i32>()? + 1);
    Ok(())
}
