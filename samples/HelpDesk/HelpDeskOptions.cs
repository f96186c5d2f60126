namespace Paddock.Samples.HelpDesk;

/// <summary>What the command line says.</summary>
internal sealed record HelpDeskOptions(string Data, string Urls, bool StopWithInput)
{
    public const string Usage = "usage: HelpDesk [--data DIR] [--urls http://127.0.0.1:5090] [--stop-with-input]";

    /// <summary>The tickets.</summary>
    public string Database => Path.Combine(Data, "helpdesk.db");

    /// <summary>Paddock's own store: nothing of it is ever a plugin's.</summary>
    public string Plugins => Path.Combine(Data, "paddock");

    /// <summary>Keys of cookies and forms.</summary>
    public string Keys => Path.Combine(Data, "keys");

    public static HelpDeskOptions? Parse(string[] args)
    {
        string data = "data/helpdesk", urls = "http://127.0.0.1:5090";
        bool stop = false;
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--data" when i + 1 < args.Length: data = args[++i]; break;
                case "--urls" when i + 1 < args.Length: urls = args[++i]; break;
                case "--stop-with-input": stop = true; break;
                default: return null;
            }
        }

        return new HelpDeskOptions(Path.GetFullPath(data), urls, stop);
    }
}
