//! Compiling autoscaling.

use archlab_model::{Deployment, Design, Group, Layout};

use crate::plan::Plan;

/// Which services are scaled: those that the group says, and microservices as they say themselves.
pub fn compile(design: &Design, group: &Group, deployment: &Deployment, pools: &[u32], plan: &mut Plan) {
    for (service, &pool) in deployment.services.iter().zip(pools) {
        let spec = design.business.services.get(&service.id);
        let own = spec.filter(|_| group.layout == Layout::Microservice);
        let scaling = own.and_then(|spec| spec.autoscaling.as_ref()).or(group.policies.autoscaling.as_ref());
        if let Some(Some(plan)) = plan.pools.get_mut(pool as usize) {
            plan.autoscaling = scaling.cloned();
        }
    }
}
