namespace Fogbank.Kernel.Signing;

/// <summary>The signature over the policy of a browser's form upload to S3.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html</remarks>
public static class PostPolicySignature
{
    /// <summary>Whether the form's signature was made over its policy by the secret. Says nothing of what the policy allows.</summary>
    /// <param name="policy">The <c>policy</c> field as sent, base64.</param>
    /// <param name="scope">From the <c>x-amz-credential</c> field.</param>
    /// <param name="secretAccessKey">The secret of the field's key.</param>
    /// <param name="signature">The <c>x-amz-signature</c> field.</param>
    public static bool Verify(string policy, CredentialScope scope, string secretAccessKey, string signature) =>
        SigV4.Matches(SigV4.Sign(SigV4.DeriveKey(secretAccessKey, scope), policy), signature);
}
