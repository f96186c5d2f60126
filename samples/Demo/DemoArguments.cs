namespace Paddock.Samples.Demo;

/// <summary>Which story, where what it starts was built, and whether to stay.</summary>
internal sealed record DemoArguments
{
    public const string Usage = """
        usage: Demo --helpdesk PROGRAM --packages DIR [--once] [--port N]
               Demo --paddock PROGRAM --sample FILE [--once] [--port N]
        """;

    public string? HelpDesk { get; private init; }

    /// <summary>The sample plugins as <c>samples/plugins/build</c> makes them.</summary>
    public string? Packages { get; private init; }

    public string? Paddock { get; private init; }

    public string? Sample { get; private init; }

    public bool Once { get; private init; }

    public int Port { get; private init; }

    private bool IsWhole => HelpDesk is not null ? Packages is not null && Paddock is null && Sample is null : Paddock is not null && Sample is not null && Packages is null;

    public static DemoArguments? Parse(string[] args)
    {
        var read = new DemoArguments();
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--helpdesk" when i + 1 < args.Length: read = read with { HelpDesk = args[++i] }; break;
                case "--packages" when i + 1 < args.Length: read = read with { Packages = args[++i] }; break;
                case "--paddock" when i + 1 < args.Length: read = read with { Paddock = args[++i] }; break;
                case "--sample" when i + 1 < args.Length: read = read with { Sample = args[++i] }; break;
                case "--once": read = read with { Once = true }; break;
                case "--port" when i + 1 < args.Length && ushort.TryParse(args[i + 1], out ushort number): read = read with { Port = number }; i++; break;
                default: return null;
            }
        }

        return read.IsWhole ? read : null;
    }
}
