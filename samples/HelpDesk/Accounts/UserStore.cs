using Paddock.Samples.HelpDesk.Desk;

namespace Paddock.Samples.HelpDesk.Accounts;

/// <summary>Those who may sign in.</summary>
internal sealed class UserStore(DeskDatabase database)
{
    // Nobody's: a login that does not exist takes as long as a wrong password.
    private static readonly string Nobody = Passwords.Hash(Passwords.Generate());

    /// <summary>The user, or null where login or password are wrong.</summary>
    public User? SignIn(string login, string password)
    {
        using var db = database.Connect();
        var found = db.Query("SELECT id, login, name, role, password_hash FROM users WHERE login = $login",
            r => (User: new User(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3)), Hash: r.GetString(4)), ("$login", login)).SingleOrDefault();
        return Passwords.Verify(password, found.Hash ?? Nobody) ? found.User : null;
    }
}
