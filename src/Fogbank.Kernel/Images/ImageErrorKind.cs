namespace Fogbank.Kernel.Images;

/// <summary>Why an image could not be had.</summary>
public enum ImageErrorKind
{
    /// <summary>The name is not an image's name.</summary>
    InvalidName,

    /// <summary>The name points at a registry that is not this region's.</summary>
    ForeignRegistry,

    /// <summary>There is no such repository.</summary>
    RepositoryNotFound,

    /// <summary>The repository has no such tag or digest.</summary>
    ImageNotFound,

    /// <summary>The caller may not pull from the repository.</summary>
    AccessDenied,

    /// <summary>The image is an index that holds nothing for the platform, or an image of another platform.</summary>
    PlatformNotFound,

    /// <summary>It is an artifact or of a form that cannot be run.</summary>
    NotRunnable,

    /// <summary>Its manifest or configuration cannot be read, or a blob of it is gone.</summary>
    Damaged,
}
