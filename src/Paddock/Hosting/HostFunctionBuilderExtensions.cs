using Microsoft.Extensions.DependencyInjection;
using Paddock.HostApi;
using Paddock.HostApi.Databases;
using Paddock.HostApi.Email;
using Paddock.HostApi.Http;
using Paddock.HostApi.Secrets;

namespace Paddock;

/// <summary>Gives plugins what an application has. Each plugin still needs a permission, and an operator who grants it.</summary>
public static class HostFunctionBuilderExtensions
{
    /// <summary>Gives plugins <c>db.query</c> and <c>db.exec</c> on the application's databases. The host's own store can never be one of them.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="configure">Names the databases.</param>
    public static IPaddockBuilder AddDatabases(this IPaddockBuilder builder, Action<DatabaseOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.AddSingleton(provider =>
        {
            var options = new DatabaseOptions();
            configure(options);
            var host = provider.GetRequiredService<PaddockOptions>();
            return new DatabaseFunctions(options, [host.DataDirectory, .. host.PrivateDirectories], provider.GetRequiredService<TimeProvider>());
        });
        return builder.AddHostFunctions(provider => provider.GetRequiredService<DatabaseFunctions>());
    }

    /// <summary>Gives plugins <c>http.request</c>, with the secrets that operators set for them.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">Limits, and private hosts that may be granted by name; null for the defaults.</param>
    public static IPaddockBuilder AddHttp(this IPaddockBuilder builder, HttpFunctionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddHostFunctions(provider => HostFunctions.Http(provider.GetRequiredService<ISecretStore>(), options));
    }

    /// <summary>Gives plugins <c>email.send</c> through the application's mail server.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="options">The server, the sender, and limits.</param>
    public static IPaddockBuilder AddEmail(this IPaddockBuilder builder, SmtpOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        return builder.AddHostFunctions(_ => HostFunctions.Email(options));
    }
}
