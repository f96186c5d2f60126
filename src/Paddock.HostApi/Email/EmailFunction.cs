using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Paddock.HostApi.Email;

internal sealed class EmailFunctionGroup(SmtpOptions smtp) : HostFunctionGroup
{
    internal override IEnumerable<HostFunction> Create(HostApiOptions options, TimeProvider clock) => [new SendEmail(smtp, clock, options.OnFault)];
}

/// <summary>email.send {to, subject, body, html?}: {ok}. A grant's scope holds <c>@domain</c>s, <c>@*.domain</c>s and addresses.</summary>
internal sealed class SendEmail(SmtpOptions smtp, TimeProvider clock, Action<string, Exception>? onFault)
    : HostFunction("email.send", PermissionType.Email, Access.Execute, "to", "subject", "body", "html")
{
    internal override RateKind Rate => RateKind.Email;

    internal override string Target(JsonElement arguments) => string.Join(", ", Recipients(arguments));

    internal override bool Covers(Permission granted, JsonElement arguments) =>
        Recipients(arguments).All(r => granted.Scope.Any(r.IsCoveredBy));

    // All grants together: each recipient has to be covered by one. The first recipient's is the one that the audit names.
    internal override Grant? Covering(IReadOnlyList<Grant> held, JsonElement arguments)
    {
        Grant? first = null;
        foreach (var recipient in Recipients(arguments))
        {
            if (held.FirstOrDefault(g => g.Permission.Scope.Any(recipient.IsCoveredBy)) is not { } grant) return null;
            first ??= grant;
        }

        return first;
    }

    internal override async ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken)
    {
        using var message = Message(call.Arguments);
        using var client = new SmtpClient(smtp.Host, smtp.Port) { EnableSsl = smtp.StartTls, UseDefaultCredentials = false, DeliveryMethod = SmtpDeliveryMethod.Network };
        if (smtp.UserName is not null) client.Credentials = new NetworkCredential(smtp.UserName, smtp.Password);
        using var over = new CancellationTokenSource(smtp.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            // Waited for no longer than that, also where the client is slow to notice.
            await client.SendMailAsync(message, either.Token).WaitAsync(either.Token).ConfigureAwait(false);
            return Json(new { ok = true });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HostReply.Fail(ErrorCodes.NetworkError, "The mail server did not take the mail in time.");
        }
        catch (Exception e) when (e is SmtpException or IOException or System.Security.Authentication.AuthenticationException)
        {
            // What the server said can name machines behind it, and addresses.
            onFault?.Invoke(Name, e);
            return HostReply.Fail(ErrorCodes.NetworkError, "The mail server did not take the mail for every recipient.");
        }
    }

    /// <summary>Throws for options that no mail could be sent with, or a password in the clear.</summary>
    internal static void Check(SmtpOptions smtp, [CallerArgumentExpression(nameof(smtp))] string? parameter = null)
    {
        if (MailboxAddress.TryParse(smtp.From) is null) throw new ArgumentException($"From ('{smtp.From}') is no address.", parameter);
        if (smtp.FromName?.Any(char.IsControl) == true) throw new ArgumentException("FromName has control characters.", parameter);
        if (string.IsNullOrWhiteSpace(smtp.Host) || smtp.Port is < 1 or > 65_535) throw new ArgumentException("Host or Port is none.", parameter);
        if (smtp.UserName is not null && !smtp.StartTls) throw new ArgumentException("A password is only sent with StartTls.", parameter);
    }

    private MailMessage Message(JsonElement arguments)
    {
        // SECURITY: a line break in the subject begins another header (Bcc), or the body.
        var subject = Arguments.Text(arguments, "subject");
        if (subject.Length > smtp.SubjectLength || subject.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029'))
            throw Arguments.Invalid($"subject is longer than {smtp.SubjectLength} characters, or has control characters.");
        var body = Arguments.Text(arguments, "body");
        if (Encoding.UTF8.GetByteCount(body) > smtp.BodyBytes) throw Arguments.Invalid($"body is longer than {smtp.BodyBytes} bytes.");

        // Base64: no line of the body is the guest's, so none can end the mail or be too long.
        var message = new MailMessage
        {
            From = new MailAddress(smtp.From, smtp.FromName),
            Subject = subject,
            SubjectEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
            Body = body,
            BodyEncoding = Encoding.UTF8,
            BodyTransferEncoding = TransferEncoding.Base64,
            IsBodyHtml = Arguments.OptionalFlag(arguments, "html"),
        };
        message.Headers.Add("Auto-Submitted", "auto-generated");
        foreach (var recipient in Recipients(arguments)) message.To.Add(new MailAddress(recipient.ToString()));
        return message;
    }

    private List<MailboxAddress> Recipients(JsonElement arguments)
    {
        if (!arguments.TryGetProperty("to", out var to)) throw Arguments.Invalid("to is missing.");
        var texts = to.ValueKind == JsonValueKind.Array ? to.EnumerateArray().Select(t => Arguments.Plain(t, "to")) : [Arguments.Plain(to, "to")];
        var recipients = new List<MailboxAddress>();
        foreach (var text in texts)
        {
            if (recipients.Count == smtp.Recipients) throw Arguments.Invalid($"to has more than {smtp.Recipients} recipients.");
            recipients.Add(MailboxAddress.TryParse(text) ?? throw Arguments.Invalid("to has an address that is not of the form name@domain: no display name, comment, quotes or list in one text."));
        }

        return recipients.Count > 0 ? recipients : throw Arguments.Invalid("to is empty.");
    }
}
