namespace Fogbank.Contracts;

/// <summary>An error an API names. Generated; the only place where a code and its status stand together.</summary>
/// <param name="Name">The shape's name, as json protocols and REST protocols send it.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="IsServerFault">True where the receiver, not the sender, is at fault.</param>
/// <param name="QueryCode">The code that XML protocols send, where it differs from <paramref name="Name"/>.</param>
public readonly record struct ErrorCode(string Name, int Status, bool IsServerFault = false, string? QueryCode = null)
{
    /// <summary>The code as query, ec2 and rest-xml send it.</summary>
    public string XmlCode => QueryCode ?? Name;
}
