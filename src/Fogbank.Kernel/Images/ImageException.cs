namespace Fogbank.Kernel.Images;

/// <summary>An image could not be had. The message is for users: it follows the texts of a pull from a registry.</summary>
public sealed class ImageException(ImageErrorKind kind, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What callers decide by.</summary>
    public ImageErrorKind Kind => kind;
}
