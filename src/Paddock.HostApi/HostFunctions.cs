using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Configuration;
using Paddock.HostApi.Cache;
using Paddock.HostApi.Clock;
using Paddock.HostApi.Config;
using Paddock.HostApi.Email;
using Paddock.HostApi.Http;
using Paddock.HostApi.PluginCalls;
using Paddock.HostApi.Secrets;
using Paddock.HostApi.Shell;
using Paddock.HostApi.Translations;

namespace Paddock.HostApi;

/// <summary>The groups of host functions that an application can give to its <see cref="HostDoor"/>. What it does not give, no plugin has.</summary>
public static class HostFunctions
{
    /// <summary><c>cache.get</c>, <c>cache.set</c>, <c>cache.delete</c> on the application's cache, each plugin under keys of its own.</summary>
    public static HostFunctionGroup Cache(IDistributedCache cache, CacheFunctionOptions? options = null) =>
        new CacheFunctionGroup(cache ?? throw new ArgumentNullException(nameof(cache)), options ?? new CacheFunctionOptions());

    /// <summary><c>time.now</c> and <c>random.bytes</c>.</summary>
    public static HostFunctionGroup Clock() => new ClockFunctionGroup();

    /// <summary><c>config.get</c> on the application's configuration.</summary>
    public static HostFunctionGroup Config(IConfiguration configuration, ConfigFunctionOptions? options = null) =>
        new ConfigFunctionGroup(configuration ?? throw new ArgumentNullException(nameof(configuration)), options ?? new ConfigFunctionOptions());

    /// <summary><c>email.send</c> over SMTP.</summary>
    /// <exception cref="ArgumentException">The sender is no address, or a password would go in the clear.</exception>
    public static HostFunctionGroup Email(SmtpOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        SendEmail.Check(options);
        return new EmailFunctionGroup(options);
    }

    /// <summary><c>http.request</c>.</summary>
    /// <param name="secrets">Where secrets in headers come from; null where there are none.</param>
    /// <param name="options">Limits.</param>
    /// <exception cref="ArgumentException">A private host is no host.</exception>
    public static HostFunctionGroup Http(ISecretStore? secrets = null, HttpFunctionOptions? options = null)
    {
        options ??= new HttpFunctionOptions();
        foreach (var host in options.PrivateHosts)
        {
            if (!HttpUrl.TryParseAuthority(host, out _, out _)) throw new ArgumentException($"'{host}' is neither a host nor a host and a port.", nameof(options));
        }

        return new HttpFunctionGroup(secrets, options);
    }

    /// <summary><c>shell.execute</c>, in the sandbox for processes.</summary>
    public static HostFunctionGroup Shell(IProcessLauncher launcher, ShellOptions? options = null) =>
        new ShellFunctionGroup(launcher ?? throw new ArgumentNullException(nameof(launcher)), options ?? new ShellOptions());

    /// <summary><c>translate</c>.</summary>
    public static HostFunctionGroup Translations(ITranslator translator) =>
        new TranslateFunctionGroup(translator ?? throw new ArgumentNullException(nameof(translator)));

    /// <summary><c>plugin.call</c>.</summary>
    public static HostFunctionGroup PluginCalls(IPluginCaller caller) =>
        new PluginCallFunctionGroup(caller ?? throw new ArgumentNullException(nameof(caller)));
}
