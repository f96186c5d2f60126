namespace Paddock.Samples.Demo;

/// <summary>Prints the story; in colour on a terminal only.</summary>
internal static class Screen
{
    private static readonly bool Coloured = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "";

    public static void Chapter(string text) => Write("\n" + text, "1;36");

    public static void Says(string text) => Write("  " + text, null);

    public static void Good(string text) => Write("  " + text, "32");

    public static void Contained(string text) => Write("  " + text, "33");

    public static void Bad(string text) => Write("  " + text, "31");

    private static void Write(string text, string? colour) =>
        Console.WriteLine(Coloured && colour is not null ? $"\e[{colour}m{text}\e[0m" : text);
}
