namespace Paddock.Plugins;

/// <summary>Makes a program a plugin of Paddock.</summary>
public static class Plugin
{
    /// <summary>
    /// Serves the plugin's functions until the host ends it. From here on standard input and output are the host's: what the program writes to <see cref="Console"/>
    /// goes to the log of the call under way, and reading gives nothing.
    /// </summary>
    /// <param name="configure">Names the functions.</param>
    /// <exception cref="ArgumentException">Two functions have one name.</exception>
    public static async Task RunAsync(Action<PluginBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var plugin = new PluginBuilder();
        if (!Console.IsInputRedirected)
        {
            await Console.Error.WriteLineAsync("This program is a plugin of Paddock, and is started by its host: paddock pack, then paddock serve.").ConfigureAwait(false);
            Environment.ExitCode = 1;
            return;
        }

        // Before anything of the plugin's can print.
        using var streams = StandardStreams.Take();
        var wire = new Wire(streams.Output);
        Console.SetIn(TextReader.Null);
        Console.SetOut(wire.Information);
        Console.SetError(wire.Warnings);
        configure(plugin);
        await new Server(plugin, wire).RunAsync(streams.Input).ConfigureAwait(false);
    }
}
