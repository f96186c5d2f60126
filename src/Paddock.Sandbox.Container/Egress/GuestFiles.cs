using Paddock.Sandbox.Container.Images;

namespace Paddock.Sandbox.Container.Egress;

/// <summary>What a container finds beside the proxy's socket: the source that leads a program to it, and whom TLS is to trust.</summary>
internal static class GuestFiles
{
    private const string Python = "sitecustomize.py";
    private const string Node = "http.cjs";
    private const string Authorities = "ca.pem";
    private const string Proxy = "http://127.0.0.1:3128";

    internal static void Write(string directory, string authorities)
    {
        PrivateFiles.MakeDirectory(directory);
        foreach (var (name, resource) in (ReadOnlySpan<(string, string)>)[(Python, "http.py"), (Node, "http.cjs")])
        {
            using var source = typeof(GuestFiles).Assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException(resource);
            using var file = File.Create(Path.Combine(directory, name));
            source.CopyTo(file);
        }

        if (File.Exists(authorities)) File.Copy(authorities, Path.Combine(directory, Authorities));
        if (OperatingSystem.IsWindows()) return;
        // The program is nobody, and sees this directory alone, which it cannot write. The directory above keeps everybody else out.
        foreach (string file in Directory.EnumerateFiles(directory)) File.SetUnixFileMode(file, (UnixFileMode)0b110_100_100);
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
    }

    /// <summary>The variables that programs look for, and those by which the interpreters read the source.</summary>
    internal static IReadOnlyDictionary<string, string> Environment(IReadOnlyDictionary<string, string> environment, ContainerLanguage language)
    {
        var with = new Dictionary<string, string>(environment);
        foreach (string name in (ReadOnlySpan<string>)["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"]) with[name] = Proxy;
        foreach (string name in (ReadOnlySpan<string>)["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"]) with[name] = $"{GuestProxy.Inside}/{Authorities}";
        if (language.Language != Language.Python) with["NODE_OPTIONS"] = $"--require={GuestProxy.Inside}/{Node}";
        // Where Python heeds no path of variables, or is to heed none, the source is in its command.
        else if (with.ContainsKey("PYTHONPATH")) with["PYTHONPATH"] = $"{GuestProxy.Inside}:{ContainerLanguage.PythonPackages}";
        return with;
    }

    /// <summary>The command of a program that is run so that variables do not name what it loads first.</summary>
    internal static IReadOnlyList<string> Command(IReadOnlyList<string> command, ContainerLanguage language) => language.Language == Language.Python && command[^2] == "-c"
        ? [.. command.Take(command.Count - 1), $"exec(open('{GuestProxy.Inside}/{Python}').read())\n{command[^1]}"]
        : command;
}
