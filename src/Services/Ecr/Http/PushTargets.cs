using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;

namespace Fogbank.Services.Ecr.Http;

/// <summary>Finds the repository that a push goes to, and makes it where a creation template for pushes or the region's settings say so.</summary>
internal sealed class PushTargets(EcrStore store, RegistryAccess access, EcrOptions options, TimeProvider time)
{
    private const string Root = "ROOT";

    /// <summary>Throws where there is no such repository, and none is made.</summary>
    internal async ValueTask EnsureAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        var key = call.Repository;
        if (await store.FindRepositoryAsync(key, cancellationToken) is not null)
        {
            return;
        }

        var template = await FindTemplateAsync(key, cancellationToken);
        var repository = template is not null && template.AppliedFor.Contains("CREATE_ON_PUSH")
            ? template.Make(key.Name, time.GetUtcNow())
            : options.CreateOnPush
                ? new RepositoryRecord { Name = key.Name, CreatedAt = time.GetUtcNow() }
                : throw RegistryErrors.NameUnknown(key);
        await access.DemandCreateAsync(call, cancellationToken);

        // Where another push made it meanwhile, that one is as good.
        await store.TryCreateRepositoryAsync(key, repository, cancellationToken);
    }

    /// <summary>The template with the longest prefix that is a namespace of the name; else that of the root.</summary>
    private async ValueTask<CreationTemplateRecord?> FindTemplateAsync(RepositoryKey key, CancellationToken cancellationToken)
    {
        for (var end = key.Name.LastIndexOf('/'); end > 0; end = key.Name.LastIndexOf('/', end - 1))
        {
            if (await store.FindTemplateAsync(key.Scope, key.Name[..end], cancellationToken) is { } template)
            {
                return template;
            }
        }

        return await store.FindTemplateAsync(key.Scope, Root, cancellationToken);
    }
}
