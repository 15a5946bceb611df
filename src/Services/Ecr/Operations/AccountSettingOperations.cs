using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;

namespace Fogbank.Services.Ecr.Operations;

[Operation]
internal sealed class GetAccountSetting(EcrStore store) : IOperation<GetAccountSettingRequest, GetAccountSettingResponse>
{
    public async ValueTask<GetAccountSettingResponse> HandleAsync(
        GetAccountSettingRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        _ = AccountSettings.ValuesOf(request.Name) ?? throw EcrErrors.InvalidParameter("name", "Invalid account setting name");
        return new() { Name = request.Name, Value = await store.GetSettingAsync(context.Scope, request.Name, cancellationToken) };
    }
}

[Operation]
internal sealed class PutAccountSetting(EcrStore store) : IOperation<PutAccountSettingRequest, PutAccountSettingResponse>
{
    public async ValueTask<PutAccountSettingResponse> HandleAsync(
        PutAccountSettingRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var values = AccountSettings.ValuesOf(request.Name) ?? throw EcrErrors.InvalidParameter("name", "Invalid account setting name");
        if (!values.Contains(request.Value))
        {
            throw EcrErrors.InvalidParameter("value", $"must be one of [{string.Join(", ", values)}]");
        }

        await store.PutSettingAsync(context.Scope, request.Name, request.Value, cancellationToken);
        return new() { Name = request.Name, Value = request.Value };
    }
}
