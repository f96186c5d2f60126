namespace Paddock.Samples.Demo;

/// <summary>Where the built tool and the sample are, and whether to stay.</summary>
internal sealed record DemoArguments(string Paddock, string Sample, bool Once, int Port)
{
    public static DemoArguments? Parse(string[] args)
    {
        string? paddock = null, sample = null;
        bool once = false;
        int port = 0;
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--paddock" when i + 1 < args.Length: paddock = args[++i]; break;
                case "--sample" when i + 1 < args.Length: sample = args[++i]; break;
                case "--once": once = true; break;
                case "--port" when i + 1 < args.Length && ushort.TryParse(args[i + 1], out ushort number): port = number; i++; break;
                default: return null;
            }
        }

        return paddock is null || sample is null ? null : new DemoArguments(paddock, sample, once, port);
    }
}
